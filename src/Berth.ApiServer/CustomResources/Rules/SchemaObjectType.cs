using Berth.Cel.Types;

namespace Berth.ApiServer.CustomResources.Rules;

/// <summary>An object of a schema: its properties under the names that expressions can write.</summary>
internal sealed class SchemaObjectType : CelObjectType
{
    private readonly Dictionary<string, (CelType Type, string Property)> _fields = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

    public SchemaObjectType(string name, IEnumerable<KeyValuePair<string, CelType>> properties)
        : base(name)
    {
        foreach (var (property, type) in properties)
        {
            if (PropertyNames.Escape(property) is not { } field)
                continue;
            _fields[field] = (type, property);
            _names[property] = field;
        }
    }

    public override CelType? Field(string name) => _fields.TryGetValue(name, out var field) ? field.Type : null;

    public override string NameOf(string field) => _fields.TryGetValue(field, out var known) ? known.Property : field;

    public override string FieldOf(string name) => _names.GetValueOrDefault(name, name);
}
