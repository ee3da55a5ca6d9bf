using Berth.Api.Core.V1;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Strategies.Pods;
using Berth.ApiServer.Validation;
using Berth.ApiServer.Validation.Pods;

namespace Berth.ApiServer.Strategies.Core;

public sealed class PodTemplateStrategy : ResourceStrategy<PodTemplate>
{
    public override PodTemplate Default(PodTemplate value)
    {
        var template = PodDefaults.Of(value.Template);
        return ReferenceEquals(template, value.Template) ? value : value with { Template = template };
    }

    public override bool ChangesGeneration(PodTemplate value, PodTemplate old) => value.Template.Spec != old.Template.Spec;

    public override void Validate(PodTemplate value, FieldErrors errors) => PodTemplateRules.Validate(errors, FieldPath.Root["template"], value.Template);
}
