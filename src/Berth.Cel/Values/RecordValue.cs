using Berth.Cel.Types;

namespace Berth.Cel.Values;

/// <summary>An object whose fields are at hand.</summary>
public sealed class RecordValue(CelType type, IReadOnlyDictionary<string, CelValue> fields) : CelObject(type)
{
    public override IEnumerable<string> Fields => fields.Keys;

    public override CelValue? Find(string field) => fields.GetValueOrDefault(field);
}
