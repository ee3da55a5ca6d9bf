using Berth.Api.Node.V1;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Validation;
using Berth.ApiServer.Validation.Pods;

namespace Berth.ApiServer.Strategies.Scheduling;

public sealed class RuntimeClassStrategy : ResourceStrategy<RuntimeClass>
{
    public override bool AllowsUnconditionalUpdate => false;

    public override bool HasGeneration => false;

    public override void Validate(RuntimeClass value, FieldErrors errors)
    {
        var handler = FieldPath.Root["handler"];
        if (value.Handler.Length == 0)
            errors.Required(handler);
        else
            errors.Invalid(handler, value.Handler, NameSyntax.DnsLabel(value.Handler));
        if (value.Overhead is { } overhead)
            ResourceRules.Requirements(errors, FieldPath.Root["overhead"], new() { Limits = overhead.PodFixed }, [], ResourceRules.ContainerName);
        if (value.Scheduling is not { } scheduling)
            return;
        MetadataRules.Labels(errors, FieldPath.Root["scheduling"]["nodeSelector"], scheduling.NodeSelector);
        SchedulingRules.Tolerations(errors, FieldPath.Root["scheduling"]["tolerations"], scheduling.Tolerations);
    }

    public override void ValidateUpdate(RuntimeClass value, RuntimeClass old, FieldErrors errors) =>
        BasicRules.Unchanged(errors, FieldPath.Root["handler"], value.Handler, old.Handler);
}
