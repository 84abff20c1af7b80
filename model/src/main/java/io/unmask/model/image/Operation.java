package io.unmask.model.image;

import java.util.List;
import org.bytedeco.opencv.opencv_core.Mat;

/** One change to a picture (8-bit RGB). Leaves its input alone; the result belongs to the caller's scope. */
@FunctionalInterface
public interface Operation {
    Mat apply(Mat picture);

    /** A clip's pictures, one by one unless the operation does it cheaper together. */
    default List<Mat> applyToAll(List<Mat> pictures) {
        return pictures.stream().map(this::apply).toList();
    }

    default Operation then(Operation next) {
        return together(pictures -> next.applyToAll(applyToAll(pictures)));
    }

    /** An operation that is given all pictures of a clip at once. */
    static Operation together(Together operation) {
        return new Operation() {
            @Override
            public Mat apply(Mat picture) {
                return applyToAll(List.of(picture)).get(0);
            }

            @Override
            public List<Mat> applyToAll(List<Mat> pictures) {
                return operation.apply(pictures);
            }
        };
    }

    /** Takes the pictures of a clip and returns as many. */
    @FunctionalInterface
    interface Together {
        List<Mat> apply(List<Mat> pictures);
    }
}
