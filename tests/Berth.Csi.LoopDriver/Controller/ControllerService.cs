using Berth.Csi.LoopDriver.Grpc;
using Berth.Node.Cri;
using Berth.Node.Volumes.Csi.V1;
using Google.Protobuf;
using Rpc = Berth.Node.Volumes.Csi.V1.ControllerServiceCapability.Types.RPC.Types.Type;

namespace Berth.Csi.LoopDriver.Controller;

/// <summary>The controller part and the identity service, as the standard sidecars call them.</summary>
public sealed class ControllerService(DriverOptions options, Storage storage)
{
    private const string Service = "/csi.v1.Controller/";
    private const long SizeMin = 16L * 1024 * 1024;

    public void Map(RpcServer server)
    {
        server.Map("/csi.v1.Identity/GetPluginInfo", GetPluginInfoRequest.Parser, (_, _) => Done(new GetPluginInfoResponse { Name = options.Name, VendorVersion = "1" }));
        server.Map("/csi.v1.Identity/Probe", ProbeRequest.Parser, (_, _) => Done(new ProbeResponse { Ready = new BoolValue { Value = true } }));
        server.Map("/csi.v1.Identity/GetPluginCapabilities", GetPluginCapabilitiesRequest.Parser, (_, _) => Done(PluginCapabilities()));
        server.Map(Service + "ControllerGetCapabilities", ControllerGetCapabilitiesRequest.Parser, (_, _) => Done(Capabilities()));
        server.Map(Service + "CreateVolume", CreateVolumeRequest.Parser, (r, _) => Done(Create(r)));
        server.Map(Service + "DeleteVolume", DeleteVolumeRequest.Parser, (r, _) => Done(Delete(r)));
        server.Map(Service + "ControllerPublishVolume", ControllerPublishVolumeRequest.Parser, (r, _) => Done(Publish(r)));
        server.Map(Service + "ControllerUnpublishVolume", ControllerUnpublishVolumeRequest.Parser, (r, _) => Done(Unpublish(r)));
        server.Map(Service + "ControllerExpandVolume", ControllerExpandVolumeRequest.Parser, (r, _) => Done(Expand(r)));
        server.Map(Service + "GetCapacity", GetCapacityRequest.Parser, (_, _) => Done(new GetCapacityResponse { AvailableCapacity = Free }));
    }

    private long Free => options.PoolBytes == 0 ? long.MaxValue / 2 : Math.Max(0, options.PoolBytes - storage.UsedBytes);

    private static Task<IMessage> Done(IMessage message) => Task.FromResult(message);

    private GetPluginCapabilitiesResponse PluginCapabilities()
    {
        var answer = new GetPluginCapabilitiesResponse();
        answer.Capabilities.Add(Has(PluginCapability.Types.Service.Types.Type.ControllerService));
        if (options.TopologyKey.Length > 0)
            answer.Capabilities.Add(Has(PluginCapability.Types.Service.Types.Type.VolumeAccessibilityConstraints));
        answer.Capabilities.Add(new PluginCapability { VolumeExpansion = new PluginCapability.Types.VolumeExpansion { Type = PluginCapability.Types.VolumeExpansion.Types.Type.Online } });
        return answer;

        static PluginCapability Has(PluginCapability.Types.Service.Types.Type type) => new() { Service = new PluginCapability.Types.Service { Type = type } };
    }

    private static ControllerGetCapabilitiesResponse Capabilities()
    {
        var answer = new ControllerGetCapabilitiesResponse();
        foreach (var type in (Rpc[])[Rpc.CreateDeleteVolume, Rpc.PublishUnpublishVolume, Rpc.GetCapacity, Rpc.ExpandVolume, Rpc.SingleNodeMultiWriter])
            answer.Capabilities.Add(new ControllerServiceCapability { Rpc = new ControllerServiceCapability.Types.RPC { Type = type } });
        return answer;
    }

    private CreateVolumeResponse Create(CreateVolumeRequest request)
    {
        if (request.Parameters.TryGetValue("refuse", out var why))
            throw new RpcException(GrpcStatusCode.InvalidArgument, why);
        var bytes = Math.Max(SizeMin, request.CapacityRange?.RequiredBytes ?? 0);
        var id = request.Name;
        if (storage.Exists(id) && storage.SizeOf(id) != bytes)
            throw new RpcException(GrpcStatusCode.AlreadyExists, $"volume {id} exists with another size");
        if (!storage.Exists(id) && bytes > Free)
            throw new RpcException(GrpcStatusCode.ResourceExhausted, $"the pool has {Free} bytes left, asked for were {bytes}");
        storage.Create(id, bytes);
        var volume = new Volume { VolumeId = id, CapacityBytes = bytes, VolumeContext = { ["pool"] = "files" } };
        if (options.TopologyKey.Length > 0)
            volume.AccessibleTopology.Add(request.AccessibilityRequirements?.Preferred.FirstOrDefault() ?? new Topology { Segments = { [options.TopologyKey] = options.TopologyValue } });
        return new CreateVolumeResponse { Volume = volume };
    }

    private DeleteVolumeResponse Delete(DeleteVolumeRequest request)
    {
        if (storage.NodesOf(request.VolumeId) is [var node, ..])
            throw new RpcException(GrpcStatusCode.FailedPrecondition, $"volume {request.VolumeId} is still attached to {node}");
        storage.Delete(request.VolumeId);
        return new DeleteVolumeResponse();
    }

    private ControllerPublishVolumeResponse Publish(ControllerPublishVolumeRequest request)
    {
        if (!storage.Exists(request.VolumeId))
            throw new RpcException(GrpcStatusCode.NotFound, $"volume {request.VolumeId} does not exist");
        var node = NodeOf(request.NodeId);
        if (storage.NodesOf(request.VolumeId).FirstOrDefault(n => n != node) is { } other)
            throw new RpcException(GrpcStatusCode.FailedPrecondition, $"volume {request.VolumeId} is attached to {other}");
        storage.Attach(request.VolumeId, node);
        return new ControllerPublishVolumeResponse { PublishContext = { ["attachedTo"] = request.NodeId } };
    }

    private ControllerUnpublishVolumeResponse Unpublish(ControllerUnpublishVolumeRequest request)
    {
        storage.Detach(request.VolumeId, NodeOf(request.NodeId));
        return new ControllerUnpublishVolumeResponse();
    }

    private ControllerExpandVolumeResponse Expand(ControllerExpandVolumeRequest request)
    {
        var more = request.CapacityRange.RequiredBytes - storage.SizeOf(request.VolumeId);
        if (more > Free)
            throw new RpcException(GrpcStatusCode.OutOfRange, $"the pool has {Free} bytes left");
        storage.Grow(request.VolumeId, request.CapacityRange.RequiredBytes);
        return new ControllerExpandVolumeResponse { CapacityBytes = storage.SizeOf(request.VolumeId), NodeExpansionRequired = true };
    }

    private static string NodeOf(string id) => id["id-of-".Length..];
}
