namespace Berth.Cel.Types;

/// <summary>A type with named fields. Two of them are the same when their names are.</summary>
public abstract class CelObjectType(string name) : CelType(CelKind.Object, name)
{
    /// <summary>Null when there is no such field.</summary>
    public abstract CelType? Field(string name);
}
