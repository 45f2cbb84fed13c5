package dhara.runners.direct;

import dhara.parity.RealData;

class DirectRealDataTest extends RealData {}
