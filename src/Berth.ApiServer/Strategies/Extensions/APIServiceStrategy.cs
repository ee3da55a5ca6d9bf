using Berth.Api.ApiRegistration.V1;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.Extensions;

public sealed class APIServiceStrategy : SpecAndStatusStrategy<APIService>
{
    public override NameRule NameRule => NameRule.PathSegment;

    public override bool HasGeneration => false;

    // What Berth serves itself is there at once.
    public override APIService PrepareForCreate(APIService value) => WithoutStatus(value) is { Spec.Service: null } local
        ? local with { Status = new APIServiceStatus { Conditions = [LocalAvailable with { LastTransitionTime = value.Metadata.CreationTimestamp }] } }
        : WithoutStatus(value);

    internal static APIServiceCondition LocalAvailable { get; } = new() { Type = "Available", Status = "True", Reason = "Local", Message = "Local APIServices are always available" };

    public override APIService Default(APIService value) => value.Spec.Service is { Port: null } service
        ? value with { Spec = value.Spec with { Service = service with { Port = 443 } } }
        : value;

    public override void Validate(APIService value, FieldErrors errors)
    {
        var (spec, path) = (value.Spec, FieldPath.Spec);
        var wanted = $"{spec.Version}.{spec.Group}";
        if (value.Metadata.Name != wanted)
            errors.Invalid(FieldPath.Metadata["name"], (object)value.Metadata.Name, $"must be `spec.version+\".\"+spec.group`: \"{wanted}\"");
        if (spec.Group.Length == 0 && spec.Version != "v1")
            errors.Required(path["group"], "only v1 may have an empty group and it better be legacy kube");
        if (spec.Group.Length > 0)
            errors.Invalid(path["group"], spec.Group, NameSyntax.DnsSubdomain(spec.Group));
        errors.Invalid(path["version"], spec.Version, NameSyntax.Dns1035Label(spec.Version));
        if (spec.GroupPriorityMinimum is <= 0 or > 20000)
            errors.Invalid(path["groupPriorityMinimum"], (object)spec.GroupPriorityMinimum, "must be positive and less than 20000");
        if (spec.VersionPriority is <= 0 or > 1000)
            errors.Invalid(path["versionPriority"], (object)spec.VersionPriority, "must be positive and less than 1000");
        if (spec.Service is not { } service)
        {
            if (spec.CaBundle is { IsEmpty: false } bundle)
                errors.Invalid(path["caBundle"], (object)$"{bundle.Span.Length} bytes", "local APIServices may not have a caBundle");
            if (spec.InsecureSkipTLSVerify)
                errors.Invalid(path["insecureSkipTLSVerify"], (object)true, "local APIServices may not have insecureSkipTLSVerify");
            return;
        }

        if (service.Namespace.Length == 0)
            errors.Required(path["service"]["namespace"]);
        if (service.Name.Length == 0)
            errors.Required(path["service"]["name"]);
        foreach (var problem in NameSyntax.PortNumber(service.Port ?? 443))
            errors.Invalid(path["service"]["port"], (object?)service.Port, "port is not valid: " + problem);
        if (spec.InsecureSkipTLSVerify && spec.CaBundle is { IsEmpty: false })
            errors.Invalid(path["insecureSkipTLSVerify"], (object)true, "may not be true if caBundle is present");
    }

    public override void ValidateStatusUpdate(APIService value, APIService old, FieldErrors errors)
    {
        for (var i = 0; i < value.Status.Conditions.Count; i++)
            BasicRules.RequiredOneOf(errors, FieldPath.Root["status"]["conditions"][i]["status"], value.Status.Conditions[i].Status, "True", "False", "Unknown");
    }

    protected override APIService WithoutStatus(APIService value) => value with { Status = APIServiceStatus.Empty };

    protected override APIService WithStatusOf(APIService value, APIService other) => value with { Status = other.Status };

    protected override APIService WithSpecOf(APIService value, APIService other) => value with { Spec = other.Spec };

    protected override bool SameSpec(APIService value, APIService other) => value.Spec == other.Spec;
}
