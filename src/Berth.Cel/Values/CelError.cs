using Berth.Cel.Types;

namespace Berth.Cel.Values;

/// <summary>What became of an operation that failed. It travels as a value, so that <c>||</c>, <c>&amp;&amp;</c> and <c>?:</c> can pass over it.</summary>
public sealed class CelError(string message) : CelValue
{
    public static CelError NoSuchOverload { get; } = new("no such overload");

    public static CelError IntOverflow { get; } = new("integer overflow");

    public static CelError UintOverflow { get; } = new("unsigned integer overflow");

    public static CelError DurationOverflow { get; } = new("duration overflow");

    public static CelError TimestampOverflow { get; } = new("timestamp overflow");

    public static CelError DivisionByZero { get; } = new("division by zero");

    public static CelError ModulusByZero { get; } = new("modulus by zero");

    public string Message => message;

    public override CelType Type => CelType.Dyn;

    public static CelError NoSuchKey(CelValue key) => new($"no such key: {key}");

    public static CelError NoSuchField(string field) => new($"no such field '{field}'");

    public static CelError Conversion(CelValue from, string to) => new($"type conversion error from '{from.Type.Name}' to '{to}'");

    public override bool EqualTo(CelValue other) => false;

    public override string ToString() => message;
}
