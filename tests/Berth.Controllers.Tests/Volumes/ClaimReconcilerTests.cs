using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Api.Storage.V1;
using Berth.Controllers.Volumes;

namespace Berth.Controllers.Tests.Volumes;

public sealed class ClaimReconcilerTests
{
    [Fact]
    public void Plan_SeveralSuit_SmallestIsBound()
    {
        var plan = Plan(Claim("5Gi"), Volume("big", "100Gi"), Volume("small", "1Gi"), Volume("right", "10Gi"));
        Assert.Equal("right", plan.Volume?.Metadata.Name);
    }

    [Fact]
    public void Plan_WhatDoesNotSuit_IsNotBound()
    {
        var claim = Claim("1Gi");
        Assert.Null(Plan(claim, Volume("v", "10Gi") with { Spec = Volume("v", "10Gi").Spec with { StorageClassName = "fast" } }).Volume);
        Assert.Null(Plan(claim, Volume("v", "10Gi") with { Spec = Volume("v", "10Gi").Spec with { VolumeMode = "Block" } }).Volume);
        Assert.Null(Plan(claim, Volume("v", "10Gi") with { Spec = Volume("v", "10Gi").Spec with { AccessModes = ["ReadOnlyMany"] } }).Volume);
        Assert.Null(Plan(claim, Volume("v", "10Gi") with { Status = new PersistentVolumeStatus { Phase = "Released" } }).Volume);
        Assert.Null(Plan(claim with { Spec = claim.Spec with { Selector = new LabelSelector { MatchLabels = ApiMap.Of(("disk", "ssd")) } } }, Volume("v", "10Gi")).Volume);
        Assert.NotNull(Plan(claim, Volume("v", "10Gi")).Volume);
    }

    [Fact]
    public void Plan_VolumeReservedForTheClaim_ComesFirst()
    {
        var reserved = Volume("reserved", "50Gi");
        reserved = reserved with { Spec = reserved.Spec with { ClaimRef = new ObjectReference { Namespace = "default", Name = "data" } } };
        Assert.Equal("reserved", Plan(Claim("1Gi"), Volume("a", "2Gi"), reserved).Volume?.Metadata.Name);
        Assert.Null(Plan(Claim("1Gi") with { Metadata = new() { Name = "other", Namespace = "default", Uid = "o" } }, reserved).Volume);
    }

    [Fact]
    public void Plan_ClassThatWaits_BindsWhatTheSchedulerChose()
    {
        var claim = Claim("1Gi") with { Spec = Claim("1Gi").Spec with { StorageClassName = "local" } };
        var volume = Volume("v", "2Gi") with { Spec = Volume("v", "2Gi").Spec with { StorageClassName = "local" } };
        var storage = new StorageClass { Provisioner = "kubernetes.io/no-provisioner", VolumeBindingMode = "WaitForFirstConsumer" };
        Assert.Equal("WaitForFirstConsumer", ClaimReconciler.Plan(claim, [volume], _ => storage, []).Event?.Reason);
        Assert.Equal(
            ("WaitForPodScheduled", "waiting for pod p to be scheduled"),
            (ClaimReconciler.Plan(claim, [volume], _ => storage, ["p"]).Event?.Reason, ClaimReconciler.Plan(claim, [volume], _ => storage, ["p"]).Event?.Message));
        var chosen = volume with { Spec = volume.Spec with { ClaimRef = new ObjectReference { Namespace = "default", Name = "data", Uid = "uid" } } };
        Assert.Equal("v", ClaimReconciler.Plan(claim, [chosen], _ => storage, ["p"]).Volume?.Metadata.Name);
        var placed = claim with { Metadata = claim.Metadata with { Annotations = ApiMap.Of(("volume.kubernetes.io/selected-node", "n")) } };
        Assert.Equal("v", ClaimReconciler.Plan(placed, [volume], _ => storage, ["p"]).Volume?.Metadata.Name);
    }

    [Fact]
    public void Plan_NothingThere_SaysWhatIsWaitedFor()
    {
        Assert.Equal("FailedBinding", Plan(Claim("1Gi")).Event?.Reason);
        var classed = Claim("1Gi") with { Spec = Claim("1Gi").Spec with { StorageClassName = "fast" } };
        Assert.Equal("ProvisioningFailed", Plan(classed).Event?.Reason);
        var plan = ClaimReconciler.Plan(classed, [], _ => new StorageClass { Provisioner = "example.com/disks" }, []);
        Assert.Equal(("ExternalProvisioning", "example.com/disks"), (plan.Event?.Reason, plan.Provisioner));
    }

    [Fact]
    public void Plan_NamedVolume_IsBoundIfItIsFree()
    {
        var claim = Claim("1Gi") with { Spec = Claim("1Gi").Spec with { VolumeName = "v" } };
        Assert.Equal("Pending", Plan(claim).Phase);
        Assert.Equal("v", Plan(claim, Volume("v", "2Gi")).Volume?.Metadata.Name);
        Assert.Equal("VolumeMismatch", Plan(claim, Volume("v", "1Mi")).Event?.Reason);
        var taken = Volume("v", "2Gi") with { Spec = Volume("v", "2Gi").Spec with { ClaimRef = new ObjectReference { Namespace = "default", Name = "x", Uid = "x" } } };
        Assert.Equal("FailedBinding", Plan(claim, taken).Event?.Reason);
    }

    [Fact]
    public void Bound_ThenPlannedAgain_ChangesNothing_AndLosesWhenTheVolumeGoes()
    {
        var claim = Claim("1Gi");
        var volume = ClaimReconciler.Bound(Volume("v", "2Gi"), claim);
        claim = ClaimReconciler.Bound(claim, volume);
        claim = claim with { Status = ClaimReconciler.BoundStatus(claim, volume) };
        Assert.Equal("uid", volume.Spec.ClaimRef?.Uid);
        Assert.Equal("2Gi", claim.Status.Capacity["storage"].ToString());
        Assert.Same(volume, Plan(claim, volume).Volume);
        Assert.Same(volume, ClaimReconciler.Bound(volume, claim));
        Assert.Equal(claim, ClaimReconciler.Bound(claim, volume));
        Assert.Equal(claim.Status, ClaimReconciler.BoundStatus(claim, volume));
        Assert.Equal("Bound", VolumeReconciler.Phase(volume, claim));
        Assert.Equal(("Lost", "ClaimLost"), (Plan(claim).Phase, Plan(claim).Event?.Reason));
        var misbound = volume with { Spec = volume.Spec with { ClaimRef = volume.Spec.ClaimRef! with { Uid = "other" } } };
        Assert.Equal("ClaimMisbound", Plan(claim, misbound).Event?.Reason);
    }

    [Fact]
    public void Phase_ByTheClaim()
    {
        var volume = Volume("v", "2Gi");
        Assert.Equal("Available", VolumeReconciler.Phase(volume, null));
        var bound = ClaimReconciler.Bound(volume, Claim("1Gi"));
        Assert.Equal("Released", VolumeReconciler.Phase(bound, null));
        Assert.Equal("Released", VolumeReconciler.Phase(bound, Claim("1Gi") with { Metadata = new() { Name = "data", Namespace = "default", Uid = "new" } }));
        Assert.Null(VolumeReconciler.Phase(bound, Claim("1Gi")));
    }

    [Fact]
    public void Unbound_ClaimHasAnotherVolume_GivesBackWhatWeTookAndKeepsWhatAUserReserved()
    {
        var elsewhere = Claim("1Gi") with { Spec = Claim("1Gi").Spec with { VolumeName = "w" } };
        Assert.Null(VolumeReconciler.Unbound(ClaimReconciler.Bound(Volume("v", "2Gi"), elsewhere), elsewhere)!.Spec.ClaimRef);
        var reserved = Volume("v", "2Gi") with { Spec = Volume("v", "2Gi").Spec with { ClaimRef = new ObjectReference { Namespace = "default", Name = "data" } } };
        Assert.Equal("", VolumeReconciler.Unbound(ClaimReconciler.Bound(reserved, elsewhere), elsewhere)!.Spec.ClaimRef!.Uid);
        Assert.Null(VolumeReconciler.Unbound(Volume("v", "2Gi"), elsewhere));
    }

    private static ClaimPlan Plan(PersistentVolumeClaim claim, params PersistentVolume[] volumes) => ClaimReconciler.Plan(claim, volumes, _ => null, []);

    private static PersistentVolumeClaim Claim(string size) => new()
    {
        Metadata = new() { Name = "data", Namespace = "default", Uid = "uid" },
        Spec = new PersistentVolumeClaimSpec
        {
            AccessModes = ["ReadWriteOnce"],
            StorageClassName = "",
            Resources = new VolumeResourceRequirements { Requests = ApiMap<Quantity>.Empty.With("storage", Quantity.Parse(size)) },
        },
    };

    private static PersistentVolume Volume(string name, string size) => new()
    {
        Metadata = new() { Name = name, Uid = "uid-" + name },
        Spec = new PersistentVolumeSpec { AccessModes = ["ReadWriteOnce", "ReadOnlyMany"], Capacity = ApiMap<Quantity>.Empty.With("storage", Quantity.Parse(size)), PersistentVolumeReclaimPolicy = "Retain" },
        Status = new PersistentVolumeStatus { Phase = "Available" },
    };
}
