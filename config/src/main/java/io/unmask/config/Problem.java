package io.unmask.config;

/**
 * One thing wrong with the settings. Its {@code toString} is one line for the user, without secrets.
 *
 * @param subject what is wrong and where it was set, as in {@code clip.frames = 0 (unmask.yaml:12)}
 * @param message what was expected
 */
public record Problem(String subject, String message) {
    static Problem ofValue(SettingKey key, RawValue value, String message) {
        String shown = value.isAbsent() ? "" : " = " + (key.secret() ? SettingKey.MASK : value.text());
        return new Problem(key.name() + shown + " (" + value.origin().text() + ")", message);
    }

    @Override
    public String toString() {
        return subject + ": " + message;
    }
}
