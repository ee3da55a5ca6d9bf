using Berth.Cel.Types;

namespace Berth.Cel.Checking;

/// <summary>A variable of a macro that is being checked.</summary>
internal sealed record Scope(string Name, int Slot, CelType Type);
