using Berth.Cel.Types;

namespace Berth.Cel.Values;

/// <summary>A value of the language. Immutable.</summary>
public abstract class CelValue
{
    /// <summary>What it is at run time. Parameters of lists and maps are not known here.</summary>
    public abstract CelType Type { get; }

    /// <summary>What the cost of reading it is measured with: characters, bytes, items; 1 for what is small.</summary>
    public virtual long Size => 1;

    /// <summary>Is it the zero of its type?</summary>
    public virtual bool IsZero => false;

    public static implicit operator CelValue(bool value) => CelBool.Of(value);

    public static implicit operator CelValue(long value) => new CelInt(value);

    public static implicit operator CelValue(double value) => new CelDouble(value);

    public static implicit operator CelValue(string value) => new CelString(value);

    /// <summary>Equality within the type; <see cref="CelEquality"/> knows what is equal across types.</summary>
    public abstract bool EqualTo(CelValue other);
}
