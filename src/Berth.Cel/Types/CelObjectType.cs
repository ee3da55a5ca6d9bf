namespace Berth.Cel.Types;

/// <summary>A type with named fields. Two of them are the same when their names are.</summary>
public abstract class CelObjectType(string name) : CelType(CelKind.Object, name)
{
    /// <summary>Null when there is no such field.</summary>
    public abstract CelType? Field(string name);

    /// <summary>The name that a field has in JSON. Differs where that is no name in the language.</summary>
    public virtual string NameOf(string field) => field;

    /// <summary>The opposite of <see cref="NameOf"/>.</summary>
    public virtual string FieldOf(string name) => name;
}
