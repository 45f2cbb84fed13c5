package dhara.pipelines.mobility.surge;

/** Requests and available drivers of a cell in a window, and those of its neighbours together. */
record CellSums(long requests, long drivers, long nearRequests, long nearDrivers) {

  static final CellSums NONE = new CellSums(0, 0, 0, 0);

  /** Whether nothing is in the cell itself. */
  boolean isEmpty() {
    return requests == 0 && drivers == 0;
  }

  CellSums plus(CellSums other) {
    return new CellSums(
        requests + other.requests,
        drivers + other.drivers,
        nearRequests + other.nearRequests,
        nearDrivers + other.nearDrivers);
  }
}
