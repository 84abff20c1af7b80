/**
 * Unpacks the native libraries of an application's jars, for the script {@code unmask} and for the container's image. Imports the
 * JDK alone.
 */
package io.unmask.detector.libraries;
