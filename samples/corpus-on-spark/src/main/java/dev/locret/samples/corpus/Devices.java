package dev.locret.samples.corpus;

import java.util.List;

/** From what Spark assigned to a task to the name of a device. */
final class Devices {
    /** The resource as the options name it: {@code spark.executor.resource.gpu.amount}. */
    static final String RESOURCE = "gpu";

    private Devices() {}

    /**
     * @param device {@code auto} or {@code cuda} take the first card assigned; what is more exact stays as it is
     * @param addresses indices of the cards that Spark assigned to the task, as its discovery script tells them
     */
    static String of(String device, List<String> addresses) {
        if (addresses.isEmpty() || !(device.equals("auto") || device.equals("cuda"))) {
            return device;
        }
        String address = addresses.get(0);
        if (!address.matches("\\d{1,4}")) {
            throw new IllegalArgumentException("spark: the address of a gpu is '" + address
                    + "', not an index such as 0: change what the discovery script prints");
        }
        return "cuda:" + address;
    }
}
