using System.Globalization;
using Berth.Cel.Types;

namespace Berth.Cel.Values;

public sealed class CelInt(long value) : CelValue
{
    public long Value => value;

    public override CelType Type => CelType.Int;

    public override bool IsZero => value == 0;

    public override bool EqualTo(CelValue other) => other is CelInt i && i.Value == value;

    public override string ToString() => value.ToString(CultureInfo.InvariantCulture);
}

public sealed class CelUint(ulong value) : CelValue
{
    public ulong Value => value;

    public override CelType Type => CelType.Uint;

    public override bool IsZero => value == 0;

    public override bool EqualTo(CelValue other) => other is CelUint u && u.Value == value;

    public override string ToString() => value.ToString(CultureInfo.InvariantCulture);
}

public sealed class CelDouble(double value) : CelValue
{
    public double Value => value;

    public override CelType Type => CelType.Double;

    public override bool IsZero => value == 0;

    // NaN is equal to nothing, not even to itself.
    public override bool EqualTo(CelValue other) => other is CelDouble d && d.Value == value;

    public override string ToString() => NumberText.Of(value);
}
