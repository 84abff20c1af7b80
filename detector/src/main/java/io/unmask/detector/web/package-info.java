/**
 * The service over HTTP: its API, its metrics, its stream of verdicts and its page. Every request to the API needs a token.
 */
package io.unmask.detector.web;
