using Berth.Api.Networking.V1;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.Networking;

public sealed class IPAddressStrategy : ResourceStrategy<IPAddress>
{
    /// <summary>The name is the address, which may have ':'.</summary>
    public override NameRule NameRule => NameRule.PathSegment;

    public override bool HasGeneration => false;

    public override void Validate(IPAddress value, FieldErrors errors)
    {
        if (IpRules.Parse(value.Metadata.Name) is null)
            errors.Invalid("metadata.name", value.Metadata.Name, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
        if (value.Spec.ParentRef is not { } parent)
        {
            errors.Required("spec.parentRef");
            return;
        }

        BasicRules.RequiredSegment(errors, FieldPath.Spec["parentRef"]["resource"], parent.Resource);
        BasicRules.RequiredSegment(errors, FieldPath.Spec["parentRef"]["name"], parent.Name);
    }

    public override void ValidateUpdate(IPAddress value, IPAddress old, FieldErrors errors) =>
        BasicRules.Unchanged(errors, FieldPath.Spec["parentRef"], value.Spec.ParentRef, old.Spec.ParentRef);
}
