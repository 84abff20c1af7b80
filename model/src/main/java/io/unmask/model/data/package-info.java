/**
 * Labelled faces: manifests, and crops cut from videos as the service cuts them. Training and evaluation both read these;
 * knows nothing of networks or scores.
 */
package io.unmask.model.data;
