/**
 * The service over HTTP: its API, its metrics, its stream of verdicts and its page. What changes something or shows
 * evidence asks for a token.
 */
package io.unmask.detector.web;
