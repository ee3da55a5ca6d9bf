using Berth.Cel.Types;

namespace Berth.Cel.Values;

public sealed class CelBool : CelValue
{
    private CelBool(bool value) => Value = value;

    public static CelBool True { get; } = new(true);

    public static CelBool False { get; } = new(false);

    public bool Value { get; }

    public override CelType Type => CelType.Bool;

    public override bool IsZero => !Value;

    public static CelBool Of(bool value) => value ? True : False;

    public override bool EqualTo(CelValue other) => other is CelBool b && b.Value == Value;

    public override string ToString() => Value ? "true" : "false";
}
