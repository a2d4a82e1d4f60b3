package dev.parasol.bench.figures;

import dev.parasol.cuda.DeviceSpec;
import java.nio.file.Path;

/**
 * Where a figure is taken.
 *
 * @param device the device
 * @param shared folder of models, recordings and FunASR's results
 * @param jar the command line's jar
 * @param weightsJar that of the weights tools
 */
record Setting(DeviceSpec device, Path shared, Path jar, Path weightsJar) {}
