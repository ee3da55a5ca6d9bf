using Berth.Cel.Types;

namespace Berth.Cel.Values;

/// <summary>A value with named fields.</summary>
public abstract class CelObject(CelType type) : CelValue
{
    public sealed override CelType Type => type;

    /// <summary>Null when the field is absent.</summary>
    public abstract CelValue? Find(string field);

    /// <summary>The fields that are present.</summary>
    public abstract IEnumerable<string> Fields { get; }

    public override bool IsZero => !Fields.Any();

    public override long Size => Fields.LongCount();

    public override bool EqualTo(CelValue other)
    {
        if (other is not CelObject o || o.Type.Name != Type.Name)
            return false;
        var count = 0;
        foreach (var field in Fields)
        {
            count++;
            if (Find(field) is not { } mine || o.Find(field) is not { } theirs || !CelEquality.AreEqual(mine, theirs))
                return false;
        }

        return o.Fields.Count() == count;
    }

    public override string ToString() => $"{Type.Name}{{{string.Join(", ", Fields.Select(f => $"{f}: {Find(f)}"))}}}";
}
