package io.unmask.model.page;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.MustacheException;
import com.samskivert.mustache.Template;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;

/**
 * A Mustache template of a self-contained HTML page. Every text is escaped, and a name that the view does not have is an error.
 * Partials are resources in the package of the template's owner or in this one; {@code page.css} is the style that all pages
 * share. Thread-safe.
 */
public final class PageTemplate {
    private final Template template;

    private PageTemplate(Template template) {
        this.template = template;
    }

    /**
     * Loads a template.
     *
     * @param owner class in whose package the template and its partials are resources
     * @param name of the template's resource
     */
    public static PageTemplate of(Class<?> owner, String name) {
        return new PageTemplate(Mustache.compiler()
                .emptyStringIsFalse(true)
                .strictSections(true)
                .withLoader(part -> resource(owner, part))
                .loadTemplate(name));
    }

    private static Reader resource(Class<?> owner, String name) {
        InputStream beside = owner.getResourceAsStream(name);
        InputStream found = beside == null ? PageTemplate.class.getResourceAsStream(name) : beside;
        if (found == null) {
            throw new IllegalStateException("there is no resource " + name + " in the package of " + owner.getName());
        }
        return new InputStreamReader(found, StandardCharsets.UTF_8);
    }

    /**
     * Writes the page; the writer stays open.
     *
     * @param view has a method for each name in the template
     * @throws IOException when the writer fails
     */
    public void write(Object view, Writer out) throws IOException {
        try {
            template.execute(view, out);
        } catch (MustacheException e) {
            if (e.getCause() instanceof IOException refused) {
                throw refused;
            }
            throw e;
        }
        out.flush();
    }

    /** Returns the page as a string. */
    public String text(Object view) {
        StringWriter out = new StringWriter();
        try {
            write(view, out);
        } catch (IOException e) {
            throw new UncheckedIOException("a StringWriter does not fail", e);
        }
        return out.toString();
    }
}
