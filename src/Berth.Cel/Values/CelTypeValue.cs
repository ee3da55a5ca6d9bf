using Berth.Cel.Types;

namespace Berth.Cel.Values;

/// <summary>A type as a value: <c>int</c>, <c>type(x)</c>.</summary>
public sealed class CelTypeValue(CelType of) : CelValue
{
    public CelType Of => of;

    public override CelType Type => CelType.TypeOfDyn;

    public override bool EqualTo(CelValue other) => other is CelTypeValue t && t.Of.Name == of.Name;

    public override string ToString() => of.Name;
}
