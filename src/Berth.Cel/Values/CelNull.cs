using Berth.Cel.Types;

namespace Berth.Cel.Values;

public sealed class CelNull : CelValue
{
    private CelNull()
    {
    }

    public static CelNull Instance { get; } = new();

    public override CelType Type => CelType.Null;

    public override bool IsZero => true;

    public override bool EqualTo(CelValue other) => other is CelNull;

    public override string ToString() => "null";
}
