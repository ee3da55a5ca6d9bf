using Berth.Cel.Values;

namespace Berth.Cel.Syntax;

/// <summary>What a name means.</summary>
/// <param name="Variable">Declared in the environment.</param>
/// <param name="Slot">Of a macro's variable; -1 for others.</param>
/// <param name="Constant">A type's name.</param>
internal sealed record Reference(string? Variable, int Slot = -1, CelValue? Constant = null);
