using Berth.Cel.Types;

namespace Berth.Cel.Values;

/// <summary>A value that may be absent.</summary>
public sealed class CelOptional : CelValue
{
    private CelOptional(CelValue? value) => Value = value;

    public static CelOptional None { get; } = new(null);

    public CelValue? Value { get; }

    public override CelType Type => CelType.OptionalOfDyn;

    public override long Size => Value?.Size ?? 1;

    public override bool IsZero => Value is null;

    public static CelOptional Of(CelValue value) => new(value);

    public override bool EqualTo(CelValue other) =>
        other is CelOptional o && (Value is null ? o.Value is null : o.Value is not null && CelEquality.AreEqual(Value, o.Value));

    public override string ToString() => Value is null ? "optional.none()" : $"optional({Value})";
}
