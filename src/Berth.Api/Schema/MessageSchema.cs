using System.Collections.Frozen;

namespace Berth.Api.Schema;

/// <summary>
/// Shape of one API type, as data: what patching, server-side apply, pruning and OpenAPI need to know. Built-in types get
/// theirs from the generator; custom resources load theirs from the OpenAPI schema of their definition.
/// </summary>
public sealed class MessageSchema
{
    private readonly Lazy<Indexed> _indexed;

    /// <param name="name">OpenAPI definition name, such as <c>io.k8s.api.core.v1.ServicePort</c>.</param>
    /// <param name="fields">Evaluated at first use: types refer to each other, also in circles.</param>
    public MessageSchema(string name, Func<IReadOnlyList<FieldSchema>> fields, bool atomic = false)
    {
        Name = name;
        Atomic = atomic;
        _indexed = new Lazy<Indexed>(() =>
        {
            var list = fields();
            return new Indexed(list, list.ToFrozenDictionary(f => f.Name, StringComparer.Ordinal));
        });
    }

    public string Name { get; }

    /// <summary>One manager owns the whole value (<c>x-kubernetes-map-type: atomic</c>).</summary>
    public bool Atomic { get; }

    /// <summary>Shape of fields that are not listed; null when there are none such. Only custom resources have it.</summary>
    public ValueSchema? Unlisted { get; init; }

    /// <summary>In the order of the protobuf numbers. Top-level kinds do not list <c>apiVersion</c> and <c>kind</c>.</summary>
    public IReadOnlyList<FieldSchema> Fields => _indexed.Value.Fields;

    /// <summary>Field with this JSON name, or null.</summary>
    public FieldSchema? Field(string name) => _indexed.Value.ByName.GetValueOrDefault(name);

    public override string ToString() => Name;

    private sealed record Indexed(IReadOnlyList<FieldSchema> Fields, FrozenDictionary<string, FieldSchema> ByName);
}
