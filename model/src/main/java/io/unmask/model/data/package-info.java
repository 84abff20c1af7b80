/**
 * Labelled faces on disk: manifests, crops cut from videos as the service cuts them, files of arrays, videos encoded anew.
 * Training and evaluation both read these; knows nothing of networks or scores.
 */
package io.unmask.model.data;
