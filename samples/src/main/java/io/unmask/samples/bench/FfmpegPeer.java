package io.unmask.samples.bench;

import java.util.List;

/** The {@code ffmpeg} program that decodes a file and throws its pictures away. */
record FfmpegPeer(Bench bench, Video video) {

    /** Its start is counted, too: some 50 ms. */
    Pairs.Peer framesPerSecond() {
        return new Pairs.Peer(
                () -> {
                    List<String> command = List.of(
                            bench.ffmpeg().need(),
                            "-v",
                            "error",
                            "-threads",
                            "" + bench.threads(),
                            "-i",
                            video.file().toString(),
                            "-map",
                            "0:v:0",
                            "-f",
                            "null",
                            "-");
                    return video.frames()
                            / new Child(command, bench.work()).run().seconds();
                },
                bench.ffmpeg().lack());
    }
}
