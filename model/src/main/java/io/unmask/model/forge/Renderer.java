package io.unmask.model.forge;

import io.unmask.ingest.clip.RgbFrame;
import java.util.List;

/** Draws a face anew out of a few features of it, as a generator does. Thread-safe, and a pure function. */
public interface Renderer {

    /** Sides of the square pictures that it draws, in pixels. */
    List<Integer> sidesPx();

    /** Of how many generators a face can be drawn. */
    int styles();

    /**
     * @param faces square, as wide as one of {@link #sidesPx()}
     * @param style from 0
     * @return as many of the same size, each a function of its face alone
     */
    List<RgbFrame> render(List<RgbFrame> faces, int style);
}
