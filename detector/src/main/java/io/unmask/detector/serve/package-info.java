/**
 * The service: sources that come and go while it runs, watched folders, uploads, reviews and labels. Sources are kept alive
 * and judged as {@code detect} judges them. It knows no command line and no HTTP: what there is to see is in {@link
 * io.unmask.detector.serve.Service}.
 */
package io.unmask.detector.serve;
