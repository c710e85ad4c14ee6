# Headers, targets and the package that find_package(wsproto) reads. Nothing in it depends on the
# machine, so it all goes to share/.

include(CMakePackageConfigHelpers)
include(GNUInstallDirs)
set(package_dir ${CMAKE_INSTALL_DATADIR}/cmake/wsproto)

# One export per component, so that `core` can be had without the packages that `wsproto` needs.
install(TARGETS wsproto_core EXPORT wsproto-core FILE_SET HEADERS)
install(EXPORT wsproto-core NAMESPACE wsproto:: DESTINATION ${package_dir})
if(TARGET wsproto)
    install(TARGETS wsproto EXPORT wsproto-wsproto FILE_SET HEADERS)
    install(EXPORT wsproto-wsproto NAMESPACE wsproto:: DESTINATION ${package_dir})
endif()

configure_package_config_file(cmake/wsproto-config.cmake.in wsproto-config.cmake
                              INSTALL_DESTINATION ${package_dir}
                              NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file(wsproto-config-version.cmake
                                 COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/wsproto-config.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/wsproto-config-version.cmake
              cmake/Findllhttp.cmake
        DESTINATION ${package_dir})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
