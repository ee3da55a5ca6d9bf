namespace Berth.Cel.Types;

/// <summary>A type whose fields are all known when it is made.</summary>
public sealed class RecordType(string name, IReadOnlyDictionary<string, CelType> fields) : CelObjectType(name)
{
    public override CelType? Field(string name) => fields.GetValueOrDefault(name);
}
