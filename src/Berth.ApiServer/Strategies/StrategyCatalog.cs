using System.Collections.Frozen;
using Berth.Api;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Strategies.AdmissionRegistration;
using Berth.ApiServer.Strategies.Apps;
using Berth.ApiServer.Strategies.Autoscaling;
using Berth.ApiServer.Strategies.Batch;
using Berth.ApiServer.Strategies.Certificates;
using Berth.ApiServer.Strategies.Coordination;
using Berth.ApiServer.Strategies.Core;
using Berth.ApiServer.Strategies.Devices;
using Berth.ApiServer.Strategies.Extensions;
using Berth.ApiServer.Strategies.FlowControl;
using Berth.ApiServer.Strategies.Networking;
using Berth.ApiServer.Strategies.Pods;
using Berth.ApiServer.Strategies.Policy;
using Berth.ApiServer.Strategies.Rbac;
using Berth.ApiServer.Strategies.Scheduling;
using Berth.ApiServer.Strategies.Storage;
using CoreV1 = Berth.Api.Core.V1;

namespace Berth.ApiServer.Strategies;

/// <summary>The rules of each built-in kind. A kind without a row follows the base <see cref="ResourceStrategy{T}"/>.</summary>
public static class StrategyCatalog
{
    private static readonly FrozenDictionary<Type, object> s_strategies = new Dictionary<Type, object>
    {
        [typeof(CoreV1.ConfigMap)] = new ConfigMapStrategy(),
        [typeof(CoreV1.Endpoints)] = new EndpointsStrategy(),
        [typeof(CoreV1.Event)] = new EventStrategy(),
        [typeof(CoreV1.LimitRange)] = new LimitRangeStrategy(),
        [typeof(CoreV1.Namespace)] = new NamespaceStrategy(),
        [typeof(CoreV1.Node)] = new NodeStrategy(),
        [typeof(CoreV1.PersistentVolume)] = new PersistentVolumeStrategy(TimeProvider.System),
        [typeof(CoreV1.PersistentVolumeClaim)] = new PersistentVolumeClaimStrategy(),
        [typeof(CoreV1.Pod)] = new PodStrategy(TimeProvider.System),
        [typeof(CoreV1.PodTemplate)] = new PodTemplateStrategy(),
        [typeof(CoreV1.ReplicationController)] = new ReplicationControllerStrategy(),
        [typeof(CoreV1.ResourceQuota)] = new ResourceQuotaStrategy(),
        [typeof(CoreV1.Secret)] = new SecretStrategy(),
        [typeof(CoreV1.Service)] = new ServiceStrategy(),
        [typeof(CoreV1.ServiceAccount)] = new ServiceAccountStrategy(),
        [typeof(Api.AdmissionRegistration.V1.MutatingAdmissionPolicy)] = new MutatingAdmissionPolicyStrategy(),
        [typeof(Api.AdmissionRegistration.V1.MutatingAdmissionPolicyBinding)] = new MutatingAdmissionPolicyBindingStrategy(),
        [typeof(Api.AdmissionRegistration.V1.MutatingWebhookConfiguration)] = new MutatingWebhookConfigurationStrategy(),
        [typeof(Api.AdmissionRegistration.V1.ValidatingAdmissionPolicy)] = new ValidatingAdmissionPolicyStrategy(),
        [typeof(Api.AdmissionRegistration.V1.ValidatingAdmissionPolicyBinding)] = new ValidatingAdmissionPolicyBindingStrategy(),
        [typeof(Api.AdmissionRegistration.V1.ValidatingWebhookConfiguration)] = new ValidatingWebhookConfigurationStrategy(),
        [typeof(Api.ApiExtensions.V1.CustomResourceDefinition)] = new CustomResourceDefinitionStrategy(),
        [typeof(Api.ApiRegistration.V1.APIService)] = new APIServiceStrategy(),
        [typeof(Api.Apps.V1.ControllerRevision)] = new ControllerRevisionStrategy(),
        [typeof(Api.Apps.V1.DaemonSet)] = new DaemonSetStrategy(),
        [typeof(Api.Apps.V1.Deployment)] = new DeploymentStrategy(),
        [typeof(Api.Apps.V1.ReplicaSet)] = new ReplicaSetStrategy(),
        [typeof(Api.Apps.V1.StatefulSet)] = new StatefulSetStrategy(),
        [typeof(Api.Autoscaling.V1.HorizontalPodAutoscaler)] = new HorizontalPodAutoscalerV1Strategy(),
        [typeof(Api.Autoscaling.V2.HorizontalPodAutoscaler)] = new HorizontalPodAutoscalerStrategy(),
        [typeof(Api.Batch.V1.CronJob)] = new CronJobStrategy(),
        [typeof(Api.Batch.V1.Job)] = new JobStrategy(),
        [typeof(Api.Certificates.V1.CertificateSigningRequest)] = new CertificateSigningRequestStrategy(),
        [typeof(Api.Coordination.V1.Lease)] = new LeaseStrategy(),
        [typeof(Api.Discovery.V1.EndpointSlice)] = new EndpointSliceStrategy(),
        [typeof(Api.Events.V1.Event)] = new EventsStrategy(),
        [typeof(Api.FlowControl.V1.FlowSchema)] = new FlowSchemaStrategy(),
        [typeof(Api.FlowControl.V1.PriorityLevelConfiguration)] = new PriorityLevelConfigurationStrategy(),
        [typeof(Api.Networking.V1.IPAddress)] = new IPAddressStrategy(),
        [typeof(Api.Networking.V1.Ingress)] = new IngressStrategy(),
        [typeof(Api.Networking.V1.IngressClass)] = new IngressClassStrategy(),
        [typeof(Api.Networking.V1.NetworkPolicy)] = new NetworkPolicyStrategy(),
        [typeof(Api.Networking.V1.ServiceCIDR)] = new ServiceCIDRStrategy(),
        [typeof(Api.Node.V1.RuntimeClass)] = new RuntimeClassStrategy(),
        [typeof(Api.Policy.V1.PodDisruptionBudget)] = new PodDisruptionBudgetStrategy(),
        [typeof(Api.Rbac.V1.ClusterRole)] = new ClusterRoleStrategy(),
        [typeof(Api.Rbac.V1.ClusterRoleBinding)] = new ClusterRoleBindingStrategy(),
        [typeof(Api.Rbac.V1.Role)] = new RoleStrategy(),
        [typeof(Api.Rbac.V1.RoleBinding)] = new RoleBindingStrategy(),
        [typeof(Api.Resource.V1.DeviceClass)] = new DeviceClassStrategy(),
        [typeof(Api.Resource.V1.ResourceClaim)] = new ResourceClaimStrategy(),
        [typeof(Api.Resource.V1.ResourceClaimTemplate)] = new ResourceClaimTemplateStrategy(),
        [typeof(Api.Resource.V1.ResourceSlice)] = new ResourceSliceStrategy(TimeProvider.System),
        [typeof(Api.Scheduling.V1.PriorityClass)] = new PriorityClassStrategy(),
        [typeof(Api.Storage.V1.CSIDriver)] = new CSIDriverStrategy(),
        [typeof(Api.Storage.V1.CSINode)] = new UncountedStrategy<Api.Storage.V1.CSINode>(),
        [typeof(Api.Storage.V1.CSIStorageCapacity)] = new UncountedStrategy<Api.Storage.V1.CSIStorageCapacity>(),
        [typeof(Api.Storage.V1.StorageClass)] = new StorageClassStrategy(),
        [typeof(Api.Storage.V1.VolumeAttachment)] = new VolumeAttachmentStrategy(),
        [typeof(Api.Storage.V1.VolumeAttributesClass)] = new VolumeAttributesClassStrategy(),
    }.ToFrozenDictionary();

    public static ResourceStrategy<T> For<T>()
        where T : class, IApiObject<T> => Held<T>.Strategy;

    // One static field per kind, so that a request pays no look-up.
    private static class Held<T>
        where T : class, IApiObject<T>
    {
        public static readonly ResourceStrategy<T> Strategy =
            s_strategies.TryGetValue(typeof(T), out var found) ? (ResourceStrategy<T>)found : new ResourceStrategy<T>();
    }
}
