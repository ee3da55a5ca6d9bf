using Berth.Api.Storage.V1;

namespace Berth.ApiServer.Strategies.Storage;

public sealed class VolumeAttachmentStrategy : SpecAndStatusStrategy<VolumeAttachment>
{
    public override bool HasGeneration => false;

    protected override VolumeAttachment WithoutStatus(VolumeAttachment value) => value with { Status = VolumeAttachmentStatus.Empty };

    protected override VolumeAttachment WithStatusOf(VolumeAttachment value, VolumeAttachment other) => value with { Status = other.Status };

    protected override VolumeAttachment WithSpecOf(VolumeAttachment value, VolumeAttachment other) => value with { Spec = other.Spec };

    protected override bool SameSpec(VolumeAttachment value, VolumeAttachment other) => value.Spec == other.Spec;
}
