package io.unmask.model.image;

import org.bytedeco.opencv.opencv_core.Mat;

/** One change to a picture (8-bit RGB). Leaves its input alone; the result belongs to the caller's scope. */
@FunctionalInterface
public interface Operation {
    Mat apply(Mat picture);

    default Operation then(Operation next) {
        return picture -> next.apply(apply(picture));
    }
}
