using Berth.Cel.Types;

namespace Berth.Cel.Values;

public sealed class CelBytes(byte[] value) : CelValue
{
    public ReadOnlySpan<byte> Value => value;

    public override CelType Type => CelType.Bytes;

    public override long Size => value.Length;

    public override bool IsZero => value.Length == 0;

    public override bool EqualTo(CelValue other) => other is CelBytes b && b.Value.SequenceEqual(value);

    public override string ToString() => Convert.ToBase64String(value);
}
