package dhara.runners.flink;

import dhara.parity.RealData;

class FlinkRealDataTest extends RealData {}
