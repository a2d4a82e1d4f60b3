package dev.parasol.bench.check;

import dev.parasol.cuda.DeviceSpec;
import java.nio.file.Path;

/**
 * What is checked.
 *
 * @param device the device
 * @param samples folder with the sample model, recordings and FunASR's results for them
 */
record CheckSetting(DeviceSpec device, Path samples) {}
