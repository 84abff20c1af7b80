/**
 * Trials of {@code unmask serve} as an operator runs it: processes of their own, cameras on a real RTSP server, a broker that
 * is killed. Each prints what it measured. Run by {@code mvn -P slow verify}; {@code -Dtrial.minutes=10} lengthens them.
 */
package io.unmask.samples.serve;
