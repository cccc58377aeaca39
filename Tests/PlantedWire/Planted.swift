/// The fault that is switched on, from 1; none with 0.
nonisolated(unsafe) package var plantedFault = 0

/// Whether a fault is switched on: what the generated code asks where one is planted.
@inline(never) func planted(_ fault: Int) -> Bool { plantedFault == fault }
