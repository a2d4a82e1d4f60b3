package dev.parasol.pipeline;

/**
 * What a queue holds and has done.
 *
 * @param waiting utterances that wait
 * @param waitingSeconds their audio
 * @param inFlight utterances that a device has
 * @param inFlightSeconds their audio
 * @param batches batches that went to the devices
 * @param utterances utterances in them, those that went twice counted twice
 * @param packedSeconds audio in them
 * @param largestBatchSeconds audio in the largest of them
 * @param answered utterances whose future has its answer from a device
 * @param dropped utterances that were cancelled while they waited
 */
record QueueReport(int waiting, double waitingSeconds, int inFlight, double inFlightSeconds, long batches, long utterances,
                   double packedSeconds, double largestBatchSeconds, long answered, long dropped) {}
