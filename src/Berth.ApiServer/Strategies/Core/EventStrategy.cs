using Berth.Api.Core.V1;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.Core;

public sealed class EventStrategy : ResourceStrategy<Event>
{
    public override bool AllowsCreateOnUpdate => true;

    public override bool HasGeneration => false;

    public override IReadOnlyDictionary<string, Func<Event, string>> SelectableFields { get; } = new Dictionary<string, Func<Event, string>>
    {
        ["involvedObject.kind"] = e => e.InvolvedObject.Kind,
        ["involvedObject.namespace"] = e => e.InvolvedObject.Namespace,
        ["involvedObject.name"] = e => e.InvolvedObject.Name,
        ["involvedObject.uid"] = e => e.InvolvedObject.Uid,
        ["involvedObject.apiVersion"] = e => e.InvolvedObject.ApiVersion,
        ["involvedObject.resourceVersion"] = e => e.InvolvedObject.ResourceVersion,
        ["involvedObject.fieldPath"] = e => e.InvolvedObject.FieldPath,
        ["reason"] = e => e.Reason,
        ["reportingComponent"] = e => e.ReportingComponent,
        ["source"] = e => e.Source.Component.Length > 0 ? e.Source.Component : e.ReportingComponent,
        ["type"] = e => e.Type,
    };

    public override void Validate(Event value, FieldErrors errors)
    {
        var (ns, about) = (value.Metadata.Namespace, value.InvolvedObject.Namespace);
        var path = FieldPath.Root["involvedObject"]["namespace"];
        if (value.EventTime is null)
        {
            if (about.Length == 0 ? ns is not ("" or "default") : ns != about)
                errors.Invalid(path, (object)about, "does not match event.namespace");
            return;
        }

        if (about.Length == 0 && ns is not ("default" or "kube-system"))
            errors.Invalid(path, (object)about, "does not match event.namespace");
        EventRules.Described(errors, "reportingComponent", value.ReportingComponent, value.ReportingInstance, value.Action, value.Reason, value.Message);
    }
}
