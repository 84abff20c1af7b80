/**
 * Labelled faces on disk: manifests, crops cut from videos as the service cuts them, which of them are learnt from and what
 * will limit a training on them; files of weights, videos encoded anew. Knows nothing of networks.
 */
package io.unmask.model.data;
