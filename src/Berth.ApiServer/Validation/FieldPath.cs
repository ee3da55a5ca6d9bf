using System.Globalization;
using System.Text;

namespace Berth.ApiServer.Validation;

/// <summary>
/// Where a field is in an object: <c>spec.containers[0].name</c>. A path is only a link to its parent, and becomes text when an
/// error is reported, so that validating a good object builds no strings.
/// </summary>
public sealed class FieldPath
{
    private readonly FieldPath? _parent;
    private readonly string? _name;
    private readonly int _index;

    private FieldPath(FieldPath? parent, string? name, int index, bool isKey)
    {
        _parent = parent;
        _name = name;
        _index = index;
        IsKey = isKey;
    }

    public static FieldPath Root { get; } = new(null, null, -1, isKey: false);

    public static FieldPath Spec { get; } = Root["spec"];

    public static FieldPath Metadata { get; } = Root["metadata"];

    private bool IsKey { get; }

    /// <summary>A field of the struct at this path.</summary>
    public FieldPath this[string name] => new(this, name, -1, isKey: false);

    /// <summary>An item of the list at this path.</summary>
    public FieldPath this[int index] => new(this, null, index, isKey: true);

    public static implicit operator string(FieldPath path) => path.ToString();

    /// <summary>A value of the map at this path.</summary>
    public FieldPath Key(string key) => new(this, key, -1, isKey: true);

    public override string ToString()
    {
        var parts = new Stack<FieldPath>();
        for (var part = this; part._parent is not null; part = part._parent)
            parts.Push(part);
        var text = new StringBuilder();
        foreach (var part in parts)
        {
            if (part.IsKey)
                text.Append('[').Append(part._name ?? part._index.ToString(CultureInfo.InvariantCulture)).Append(']');
            else
                text.Append(text.Length > 0 ? "." : "").Append(part._name);
        }

        return text.ToString();
    }
}
