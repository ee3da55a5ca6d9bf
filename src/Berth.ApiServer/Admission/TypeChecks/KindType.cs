using Berth.Api.Meta.V1;
using Berth.Api.Schema;
using Berth.ApiServer.CustomResources;
using Berth.ApiServer.CustomResources.Rules;
using Berth.Cel.Types;

namespace Berth.ApiServer.Admission.TypeChecks;

/// <summary>Objects of a kind, whole, as expressions see them: all have their metadata and say what they are.</summary>
internal sealed class KindType : CelObjectType
{
    private readonly CelObjectType _content;

    private KindType(KindInfo kind, CelObjectType content)
        : base(kind.ToString()) => _content = content;

    /// <returns>Null when nothing is known of the objects' fields.</returns>
    public static CelType? Of(KindInfo kind)
    {
        if (CustomVersion.Of(kind.Schema) is not { } custom)
            return kind.IsCustom ? null : new KindType(kind, MessageType.Of(kind.Schema));
        return SchemaTypes.Of(custom.Schema, custom.DefinitionName, isResource: true) is CelObjectType content ? new KindType(kind, content) : null;
    }

    public override CelType? Field(string name) => name switch
    {
        "apiVersion" or "kind" => String,
        "metadata" => MessageType.Of(ObjectMeta.Schema),
        _ => _content.Field(name),
    };
}
