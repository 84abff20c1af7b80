package io.unmask.ingest.decode;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
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
            return "Connection refused; check the address, and that the server runs";
        } else if (cause instanceof HttpTimeoutException) {
            return "the server does not answer in time";
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    private static boolean isUnresolved(IOException cause) {
        return cause instanceof ConnectException
                && cause.getCause() != null
                && (cause.getCause() instanceof UnresolvedAddressException
                        || cause.getCause().getCause() instanceof UnresolvedAddressException);
    }

    /** Whether the same will happen when the source is opened again. */
    static boolean isFinal(IOException cause) {
        return cause instanceof HostPolicy.RefusedException
                || cause instanceof SSLException
                || (cause instanceof HttpInput.StatusException status && status.isFinal())
                || cause instanceof LastingHttpException;
    }
}
