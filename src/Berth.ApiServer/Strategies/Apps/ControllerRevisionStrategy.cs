using System.Text.Json.Nodes;
using Berth.Api.Apps.V1;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.Apps;

public sealed class ControllerRevisionStrategy : ResourceStrategy<ControllerRevision>
{
    public override bool HasGeneration => false;

    public override void Validate(ControllerRevision value, FieldErrors errors)
    {
        BasicRules.NonNegative(errors, FieldPath.Root["revision"], value.Revision);
        if (value.Data is null || value.Data.Span.SequenceEqual("null"u8))
            errors.Required("data", "data is mandatory");
        else if (value.Data.Span.TrimStart(" \t\r\n"u8) is not [(byte)'{', ..])
            errors.Required("data", "data must be a valid JSON object");
    }

    public override void ValidateUpdate(ControllerRevision value, ControllerRevision old, FieldErrors errors)
    {
        // Clients may write the same JSON in another way.
        if (value.Data != old.Data && (value.Data is null || old.Data is null || !JsonNode.DeepEquals(JsonNode.Parse(value.Data.Span), JsonNode.Parse(old.Data.Span))))
            errors.Invalid("data", value.Data, BasicRules.Immutable);
    }

}
