package io.unmask.ingest.decode;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Objects;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/** What Java's failures of HTTP mean for the user. */
final class HttpCauses {
    private HttpCauses() {}

    static String words(IOException cause) {
        if (cause instanceof SSLException) {
            return "the server's certificate or encryption is not accepted (" + cause.getMessage()
                    + "); a certificate of your own goes into Java's trust store";
        } else if (cause instanceof UnknownHostException || isUnresolved(cause)) {
            return "no such host; check the address";
        } else if (cause instanceof ConnectException) {
            return system(cause) + "; check the address, and that the server runs";
        } else if (cause instanceof HttpTimeoutException || cause instanceof SocketTimeoutException) {
            return "the server does not answer in time";
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    /** What the system says, which Java's client wraps: nobody listens, or there is no way to the host. */
    private static String system(IOException cause) {
        return Stream.iterate((Throwable) cause, Objects::nonNull, Throwable::getCause)
                .filter(each -> each instanceof SocketException && each.getMessage() != null)
                .map(Throwable::getMessage)
                .findFirst()
                .orElse("Connection refused");
    }

    private static boolean isUnresolved(IOException cause) {
        return cause instanceof ConnectException
                && cause.getCause() != null
                && (cause.getCause() instanceof UnresolvedAddressException
                        || cause.getCause().getCause() instanceof UnresolvedAddressException);
    }

    /**
     * Whether the same will happen when the source is opened again. That is asked of a source that gave pictures: its
     * certificate was accepted then, so that a handshake that fails may have been dropped.
     */
    static boolean isFinal(IOException cause) {
        return cause instanceof HostPolicy.RefusedException
                || (cause instanceof HttpInput.StatusException status && status.isFinal())
                || cause instanceof LastingHttpException;
    }
}
